-- Renews a node's lease: 1, or 2 where it was over, or 0 where another node has taken it away. With a second key, counts for how long any node has served. The second element is for how long none has, the third the history of this Redis.
local leases, served, node, period = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local now = clock()
local ends = redis.call('ZSCORE', leases, node)
if not ends then return {0, '0', ''} end
redis.call('ZADD', leases, 'XX', now + period, node)
return {tonumber(ends) >= now and 1 or 2, served and text(serve(served, now, period)) or '0', source()}
