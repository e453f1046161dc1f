-- Renews a node's lease. With a second key, updates the cluster's uptime.
-- Returns the status (1: renewed, 2: renewed after it had expired, 0: another node has removed it),
-- the cluster's downtime in milliseconds, and the replication id.
local leases, served, node, period = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local now = clock()
local ends = redis.call('ZSCORE', leases, node)
if not ends then return {0, '0', ''} end
redis.call('ZADD', leases, 'XX', now + period, node)
return {tonumber(ends) >= now and 1 or 2, served and text(serve(served, now, period)) or '0', replicationId()}
