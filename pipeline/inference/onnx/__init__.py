"""ONNX files: read, checked, and opened by ONNX Runtime."""
