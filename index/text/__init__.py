"""Text of any language: Unicode's forms, languages, pinyin. Nothing of documents or indexes."""
