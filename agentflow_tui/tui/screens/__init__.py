"""The full-screen views: gallery and workbench."""
