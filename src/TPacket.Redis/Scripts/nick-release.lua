-- Ends reservations of nicks by a node. With an owner, ends one reservation of a nick by this user, and returns 0.
-- Without an owner, ends all reservations of some nicks of a node whose lease has expired, and returns the number of these nicks: 0 when none is left.
local nicks, looks, leases, held, heldHere = unpack(KEYS)
local node, owner, here = ARGV[1], ARGV[2], ARGV[3]

local function forget(look, reading)
  local alike = redis.call('HGET', looks, look)
  local left = {}
  for _, other in ipairs(alike and cmsgpack.unpack(alike) or {}) do
    if other ~= reading then left[#left + 1] = other end
  end
  if #left == 0 then redis.call('HDEL', looks, look) else redis.call('HSET', looks, look, cmsgpack.pack(left)) end
end

-- Removes the node's claims of a nick: without an owner all of them, otherwise one, preferably with the same scripts and look-alikes.
local function release(reading, scripts, shape)
  local packed = redis.call('HGET', nicks, reading)
  local entry = packed and cmsgpack.unpack(packed)
  if not entry or owner ~= '' and entry.o ~= owner then
    if owner == '' then redis.call('SREM', held, reading) end
    return
  end
  local chosen
  for i, claim in ipairs(entry.c) do
    if claim.n == node and (not chosen or claim.s == scripts and table.concat(claim.l, '\0') == shape) then chosen = i end
  end
  local left, gone, isHeld = {}, {}, false
  for i, claim in ipairs(entry.c) do
    if claim.n == node and (owner == '' or i == chosen) then
      gone[#gone + 1] = claim
    else
      left[#left + 1] = claim
      isHeld = isHeld or claim.n == node
    end
  end
  if not isHeld then redis.call('SREM', held, reading) end
  if #gone == 0 then return end
  if #left == 0 and heldHere then
    local keeps = false
    for i = 5, #ARGV do keeps = keeps or ARGV[i] == entry.o end
    if keeps then
      gone[1].n = here
      redis.call('SADD', heldHere, reading)
      redis.call('HSET', nicks, reading, cmsgpack.pack({o = entry.o, c = {gone[1]}, p = true}))
      return
    end
  end
  local kept = {}
  for _, claim in ipairs(left) do
    for _, look in ipairs(claim.l) do kept[look] = true end
  end
  for _, claim in ipairs(gone) do
    for _, look in ipairs(claim.l) do
      if not kept[look] then forget(look, reading) end
    end
  end
  if #left == 0 then
    redis.call('HDEL', nicks, reading)
  else
    entry.c = left
    redis.call('HSET', nicks, reading, cmsgpack.pack(entry))
  end
end

if owner ~= '' then
  local shape = {}
  for i = 6, #ARGV do shape[#shape + 1] = ARGV[i] end
  release(ARGV[4], ARGV[5], table.concat(shape, '\0'))
  return 0
end
if serves(leases, node, clock()) then return 0 end
local found = redis.call('SRANDMEMBER', held, tonumber(ARGV[4]))
for _, reading in ipairs(found) do release(reading) end
return #found
