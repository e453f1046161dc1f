-- Renews a node's lease: 1, or 2 where it was over, or 0 where another node has taken it away.
local leases, node = KEYS[1], ARGV[1]
local now = clock()
local ends = redis.call('ZSCORE', leases, node)
if not ends then return 0 end
redis.call('ZADD', leases, 'XX', now + tonumber(ARGV[2]), node)
return tonumber(ends) >= now and 1 or 2
