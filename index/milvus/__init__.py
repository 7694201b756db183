"""The index in a Milvus server: the same protocols as files in a folder."""
