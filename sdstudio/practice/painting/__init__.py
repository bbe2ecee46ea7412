"""The painter: procedural pictures for the denoiser's sets. Draws with Pillow and NumPy, knows no diffusion."""
