-- Removes a node from a room's listeners. A room without listeners expires after the retention period, unless it has members or unfinished rules.
local room, members, chat, others, requests, authors, deleted, nodes, wakes, leases, holdings = unpack(KEYS)
local node, name, period = ARGV[1], ARGV[2], tonumber(ARGV[3])

-- When a node's lease has expired, other nodes find its members through its holdings. So a node's holdings keep the room while the node has a member in it.
local function holdsMember()
  for _, entry in ipairs(redis.call('HVALS', members)) do
    if string.match(entry, '^%S+ %S+ %S+ (%S+)') == node then return true end
  end
  return false
end

redis.call('SREM', nodes, node)
if not holdsMember() then redis.call('SREM', holdings, name) end
if redis.call('SCARD', nodes) > 0 then return 0 end
local state = redis.call('HMGET', room, 'o', 'R', 'F')
if state[1] == '-1' then
  redis.call('DEL', room)
elseif period > 0 and redis.call('EXISTS', members) == 0 and not (state[2] and state[3] ~= '1') then
  for i = 1, 7 do redis.call('PEXPIRE', KEYS[i], period) end
end
return 1
