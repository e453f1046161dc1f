-- Compares the ends of rooms' logs with those that a node has, and returns the place of each room that differs, with its epoch, offset and check; an empty epoch where there is no room.
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
