"""Everything a person sees: Qt lives here and in `sdstudio.app`, nowhere else."""
