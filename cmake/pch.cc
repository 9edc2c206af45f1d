// The precompiled header needs one source to hang from.
