"""Tables of any format -> statements: a row with the heads that apply to it."""
