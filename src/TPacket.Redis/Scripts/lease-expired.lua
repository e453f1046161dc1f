-- Returns the replication id, and at most 16 nodes with an expired lease; none if the calling node has no lease.
local leases, node = KEYS[1], ARGV[1]
local now = clock()
if not serves(leases, node, now) then return {replicationId(), {}} end
return {replicationId(), redis.call('ZRANGEBYSCORE', leases, '-inf', '(' .. text(now), 'LIMIT', 0, 16)}
