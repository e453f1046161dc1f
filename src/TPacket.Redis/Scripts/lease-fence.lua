-- Removes the expired lease of a node, so that scripts reject the node's writes.
-- Returns 'fenced' and the rooms that the node had open; 'alive' if the lease has not expired; or 'lease' if the calling node has no lease.
local leases, holdings = unpack(KEYS)
local node, gone = ARGV[1], ARGV[2]
local now = clock()
if not serves(leases, node, now) then return {'lease'} end
local ends = redis.call('ZSCORE', leases, gone)
if ends and tonumber(ends) >= now then return {'alive'} end
redis.call('ZREM', leases, gone)
return {'fenced', redis.call('SMEMBERS', holdings)}
