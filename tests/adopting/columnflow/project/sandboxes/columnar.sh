# What a columnar sandbox sets up: here nothing, for the packages are there.
