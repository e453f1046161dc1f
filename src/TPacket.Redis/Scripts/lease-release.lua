-- Lets a node's lease expire at once. Other nodes sweep as after any expired lease.
redis.call('ZADD', KEYS[1], 'XX', 0, ARGV[1])
return 1
