-- Gives a node a lease. With a second key, updates the cluster's uptime. Returns the cluster's downtime in milliseconds and the replication id.
local leases, served, node, period = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local now = clock()
redis.call('ZADD', leases, now + period, node)
return {served and text(serve(served, now, period)) or '0', replicationId()}
