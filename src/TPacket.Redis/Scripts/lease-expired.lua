-- Returns nodes with an expired lease, at most 16.
local leases, node = KEYS[1], ARGV[1]
local now = clock()
if not serves(leases, node, now) then return {} end
return redis.call('ZRANGEBYSCORE', leases, '-inf', '(' .. text(now), 'LIMIT', 0, 16)
