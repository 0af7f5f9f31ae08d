"""Where the trades meet: centre, service loop, simulator, configuration and command line."""
