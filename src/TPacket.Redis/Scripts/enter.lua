-- Gives a node a lease.
local leases = KEYS[1]
redis.call('ZADD', leases, clock() + tonumber(ARGV[2]), ARGV[1])
return 1
