-- Returns the replication id, and nodes with an expired lease, at most 16.
local leases, node = KEYS[1], ARGV[1]
local now = clock()
if not serves(leases, node, now) then return {replicationId(), {}} end
return {replicationId(), redis.call('ZRANGEBYSCORE', leases, '-inf', '(' .. text(now), 'LIMIT', 0, 16)}
