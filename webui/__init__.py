"""The page: one module a tab, rendering only. Whatever decides is in `rag/` and `index/`."""
