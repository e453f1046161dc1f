-- Adds a node to a room's listeners. Creates the room if it does not exist.
-- Returns 'ok', then epoch, offset and check of the log's end, the roster, the history (newest first) and the heads of the streams;
-- for a room with rules also the event that named the rules, the position and version of their state, the downtime and the state.
-- Returns 'lease' if the node has no lease.
local room, members, chat, others, requests, authors, deleted, nodes, wakes, leases, holdings = unpack(KEYS)
local node, name, history = ARGV[1], ARGV[2], tonumber(ARGV[5])

if not serves(leases, node, clock()) then return {'lease'} end
local state = redis.call('HMGET', room, 'e', 'o', 'c', 'R', 'P', 'V', 'S', 'd')
if not state[1] then
  state[1], state[2], state[3] = ARGV[3], '-1', string.sub(redis.sha1hex(ARGV[4] .. ARGV[3]), 1, 16)
  redis.call('HSET', room, 'e', state[1], 'k', ARGV[4], 'o', state[2], 'c', state[3], 't', '0', 'fc', '0', 'bc', '0', 'tc', '0', 'fo', '0', 'bo', '0', 'to', '0')
end
-- A room with a listener has had no downtime.
local downtime = '0'
if state[8] and redis.call('SCARD', nodes) == 0 then downtime = text(math.max(0, tonumber(ARGV[6]) - tonumber(state[8]))) end
redis.call('SADD', nodes, node)
redis.call('SADD', holdings, name)
for i = 1, 7 do redis.call('PERSIST', KEYS[i]) end

local roster = {}
local entries = redis.call('HGETALL', members)
for i = 1, #entries, 2 do
  if string.sub(entries[i], 1, 2) ~= 's:' then roster[#roster + 1] = string.match(entries[i + 1], '^%S+ %S+ %S+ %S+ (.*)$') end
end

local said = {}
if history > 0 then
  for i, found in ipairs(redis.call('XREVRANGE', chat, '+', '-', 'COUNT', history)) do said[i] = found[2][2] end
end

local heads = {}
local fields = redis.call('HGETALL', room)
for i = 1, #fields, 2 do
  local stream = string.match(fields[i], '^s(%d+)$')
  if stream then
    heads[#heads + 1] = stream
    heads[#heads + 1] = fields[i + 1]
  end
end

local answer = {'ok', state[1], state[2], state[3], roster, said, heads}
if state[4] then
  answer[8], answer[9], answer[10], answer[11] = state[4], state[5], state[6], downtime
  if state[7] then answer[12] = state[7] end
end
return answer
