ALTER TABLE @{whole} ATTACH PARTITION @{target} FOR VALUES @{bounds}
