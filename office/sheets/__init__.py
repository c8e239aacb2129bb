"""Excel in and out: templates, guards, reading in a limited process, exports, error files.  No models."""
