-- Reserves a nick. Returns ok, taken, looks (a look-alike is taken) or lease. With again = 1, a reservation that the node already has is not counted twice.
local nicks, looks, leases, held = unpack(KEYS)
local node, owner, mode, again, reading, scripts = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if not serves(leases, node, clock()) then return 'lease' end

local function shareScript(left, right)
  for i = 1, 24 do
    if bit.band(string.byte(left, i), string.byte(right, i)) ~= 0 then return true end
  end
  return false
end
local function find(nick)
  local packed = redis.call('HGET', nicks, nick)
  return packed and cmsgpack.unpack(packed)
end

local entry = find(reading)
if entry and entry.o ~= owner then return 'taken' end
if mode ~= 'accept' then
  for i = 7, #ARGV do
    local alike = redis.call('HGET', looks, ARGV[i])
    for _, other in ipairs(alike and cmsgpack.unpack(alike) or {}) do
      local holder = find(other)
      if holder and holder.o ~= owner then
        for _, claim in ipairs(holder.c) do
          for _, look in ipairs(claim.l) do
            if look == ARGV[i] and not (mode == 'across' and shareScript(claim.s, scripts)) then return 'looks' end
          end
        end
      end
    end
  end
end

-- After a sweep, a claim is kept for a user whose session was adopted (p). The claim of the user's new node replaces it.
if not entry or entry.p then entry = {o = owner, c = {}} end
if again == '1' then
  for _, claim in ipairs(entry.c) do
    if claim.n == node then return 'ok' end
  end
end
local claim = {n = node, s = scripts, l = {}}
for i = 7, #ARGV do
  local alike = redis.call('HGET', looks, ARGV[i])
  local list, isThere = alike and cmsgpack.unpack(alike) or {}, false
  for _, other in ipairs(list) do isThere = isThere or other == reading end
  if not isThere then
    list[#list + 1] = reading
    redis.call('HSET', looks, ARGV[i], cmsgpack.pack(list))
  end
  claim.l[#claim.l + 1] = ARGV[i]
end
entry.c[#entry.c + 1] = claim
redis.call('HSET', nicks, reading, cmsgpack.pack(entry))
redis.call('SADD', held, reading)
return 'ok'
