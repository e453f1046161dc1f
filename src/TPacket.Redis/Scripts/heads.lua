-- Compares the ends of rooms' logs with a node's positions. Returns the index, epoch, offset and check of each room that differs.
-- The epoch is empty if the room does not exist.
local differing = {}
for i, room in ipairs(KEYS) do
  local state = redis.call('HMGET', room, 'e', 'o', 'c')
  local head = state[1] and state[1] .. ' ' .. state[2] .. ' ' .. state[3] or ''
  if head ~= ARGV[i] then
    differing[#differing + 1] = text(i - 1)
    for part = 1, 3 do differing[#differing + 1] = state[part] or '' end
  end
end
return differing
