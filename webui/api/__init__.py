"""What programs may ask: endpoints of Gradio's, the OpenAI protocol, MCP tools, health."""
