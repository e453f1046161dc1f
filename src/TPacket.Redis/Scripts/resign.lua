-- Ends a node's lease at once. What the node has left is swept as if it had ended by itself.
redis.call('ZADD', KEYS[1], 'XX', 0, ARGV[1])
return 1
