"""What a target is: the profile schema, the store of profiles and the personas that ship."""
