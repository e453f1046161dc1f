-- Publishes a question to every other node with a lease, except the nodes that have received it.
-- Returns 'ok' and pairs of node and number of receivers, which is -1 for a node that has received the question before;
-- or 'lease' if the calling node has no lease.
local leases = KEYS[1]
local node, channel, question = ARGV[1], ARGV[2], ARGV[3]
local now = clock()
if not serves(leases, node, now) then return {'lease'} end
local reached = {}
for i = 4, #ARGV do reached[ARGV[i]] = true end
local nodes = {}
for _, other in ipairs(redis.call('ZRANGEBYSCORE', leases, text(now), '+inf')) do
  if other ~= node then
    nodes[#nodes + 1] = other
    nodes[#nodes + 1] = reached[other] and -1 or redis.call('SPUBLISH', channel .. other, question)
  end
end
return {'ok', nodes}
