-- Appends events to a room's log atomically, or returns the reason why not.
-- Returns words with spaces between: 'ok', the epoch, offset and check after the append, the append's time, and 1 for a repeated append, otherwise 0.
-- A rejection is the reason, then epoch, offset and check of the log's end. The reasons 'lease' (the node has none) and 'gone' (the room does not exist)
-- stand alone.
local room, members, chat, others, requests, authors, deleted, nodes, wakes, leases = unpack(KEYS)
local node, name, channel = ARGV[1], ARGV[2], ARGV[3]
local author, number, digest = ARGV[4], ARGV[5], ARGV[6]

local JOINED, LEFT, RENAMED, AWAY, RETURNED, RULES, OPENED, DELETION, DELETED = '0', '1', '2', '3', '4', '8', '9', '10', '\11'
local PRESENCE, CHAT = '0', '1'
local REMEMBERED, OTHER_AUTHORS, MOST_DROPPED = 256, 64, 1024
-- Layout of a member: id (4 bytes), session (8), generation (4), away flag (1), nick.
-- Layout of a body: kind, stream and cause (1 each), command, p1 and p2 (4 each), data.
local BODY = 15

local now = clock()
if not serves(leases, node, now) then return 'lease' end
local state = redis.call('HMGET', room, 'e', 'k', 'o', 'c', 't', 'fc', 'bc', 'tc', 'fo', 'bo', 'to', 'R', 'P', 'F', 'p')
if not state[1] then return 'gone' end
local epoch, key, offset, check = state[1], state[2], tonumber(state[3]), state[4]
local rules, basis, finished, readsPresence = state[12], state[13], state[14] == '1', state[15] == '1'
local time = math.max(now, tonumber(state[5]))

local function refuse(status) return table.concat({status, epoch, text(offset), check}, ' ') end
local function accept(at, behind, when, isRepeated) return table.concat({'ok', epoch, at, behind, when, isRepeated}, ' ') end

-- A repeated request gets the reply of its first append, even if the conditions no longer hold.
local isKnownAuthor = false
if author ~= '' then
  local request = author .. number
  local found = redis.call('ZRANGEBYLEX', requests, '[' .. request, '(' .. request .. '~', 'LIMIT', 0, 1)[1]
  if found then
    if string.sub(found, 37, 52) ~= digest then return refuse('reused') end
    local at, behind, when = string.match(string.sub(found, 54), '^(%S+) (%S+) (%S+)$')
    return accept(at, behind, when, '1')
  end
  local oldest = redis.call('ZRANGEBYLEX', requests, '[' .. author, '(' .. author .. '~', 'LIMIT', 0, 1)[1]
  if oldest then
    isKnownAuthor = true
    if number < string.sub(oldest, 17, 35) and redis.call('ZLEXCOUNT', requests, '[' .. author, '(' .. author .. '~') >= REMEMBERED then return refuse('old') end
  end
end

local at = 24
local streamCount = tonumber(ARGV[at])
local firstEvent = at + 1 + streamCount * 3
local count = tonumber(ARGV[firstEvent])
if author ~= '' and count == 0 then return refuse('none') end

if ARGV[7] ~= '' and (ARGV[7] ~= epoch or ARGV[8] ~= text(offset) or ARGV[9] ~= check) then return refuse('conflict') end
for i = 0, streamCount - 1 do
  local head = redis.call('HGET', room, 's' .. ARGV[at + 1 + i * 3]) or '-1 0000000000000000'
  if head ~= ARGV[at + 2 + i * 3] .. ' ' .. ARGV[at + 3 + i * 3] then return refuse('conflict') end
end
if ARGV[10] ~= '' and time < tonumber(ARGV[10]) or ARGV[11] ~= '' and time > tonumber(ARGV[11]) then return refuse('time') end

-- Checks that the member of each event is the member in the roster. Only the single event of an append can change the roster.
local roster = {}
local function member(id)
  if roster[id] == nil then
    local entry = redis.call('HGET', members, id)
    roster[id] = entry and {entry = entry, packed = string.match(entry, '^%S+ %S+ %S+ %S+ (.*)$')} or false
  end
  return roster[id]
end

for i = 0, count - 1 do
  local first = firstEvent + 1 + i * 5
  local kind, id, packed = ARGV[first], ARGV[first + 2], ARGV[first + 3]
  if id ~= '' then
    local there = member(id)
    if not there then
      if kind ~= JOINED then return refuse('fenced') end
      -- The hash has two fields for each member.
      if ARGV[23] ~= '' and redis.call('HLEN', members) >= 2 * tonumber(ARGV[23]) then return refuse('full') end
    else
      local isRepeated = false
      local isSame = string.sub(there.packed, 5, 16) == string.sub(packed, 5, 16)
      local isAway = string.byte(there.packed, 17) ~= 0
      if kind == JOINED then
        if not isSame then return refuse('fenced') end
        isRepeated = true
      elseif kind == RETURNED then
        local before, after = struct.unpack('<i4', there.packed, 13), struct.unpack('<i4', packed, 13)
        if string.sub(there.packed, 5, 12) ~= string.sub(packed, 5, 12) or before > after then return refuse('fenced') end
        isRepeated = before == after and not isAway
      elseif not isSame then
        return refuse('fenced')
      elseif kind == AWAY then
        isRepeated = isAway
      elseif kind == RENAMED then
        isRepeated = string.sub(there.packed, 18) == string.sub(packed, 18)
      end
      -- The append does not change the log, but the member belongs to the sweeping node from here on.
      if kind == AWAY and isRepeated and string.match(there.entry, '^%S+ %S+ %S+ (%S+)') ~= node then
        redis.call('HSET', members, id, (string.gsub(there.entry, '^(%S+ %S+ %S+) %S+', '%1 ' .. node)))
      end
      if isRepeated then
        local where, behind, when = string.match(there.entry, '^(%S+) (%S+) (%S+)')
        return accept(where, behind, when, '1')
      end
    end
  end
end

-- A deletion is always the only event of its append. Its message must exist.
local target
if count > 0 and ARGV[firstEvent + 1] == DELETION then
  target = struct.unpack('<i8', ARGV[firstEvent + 5], BODY + 1)
  local id = target >= 0 and target <= offset and text(target + 1) .. '-0'
  target = id and redis.call('XRANGE', chat, id, id)[1]
  if not target then return refuse('none') end
end

-- The append is accepted; writes begin here.
local function hex(bytes) return (string.gsub(bytes, '.', function(byte) return string.format('%02x', string.byte(byte)) end)) end

local function rememberOther(other)
  redis.call('RPUSH', authors, other)
  if redis.call('LLEN', authors) > OTHER_AUTHORS then
    local oldest = redis.call('LPOP', authors)
    if redis.call('HEXISTS', members, 's:' .. oldest) == 0 then redis.call('ZREMRANGEBYLEX', requests, '[' .. oldest, '(' .. oldest .. '~') end
  end
end

local changes = {}
local function set(field, value) changes[field] = value end

local touched = {}
local sizes = {[chat] = tonumber(state[7]), [others] = tonumber(state[10])}
local oldest = {[chat] = tonumber(state[8]), [others] = tonumber(state[11])}
local published = {struct.pack('<I2', #name), name, epoch, struct.pack('<I4', count)}
local wake

-- Moves the remains of a deleted message to the sorted set of deleted entries, because an entry of a stream cannot be replaced.
local function erase(id, entry)
  local where, _, memberLength = struct.unpack('<I8I8I2', entry)
  local bodyAt = 51 + memberLength
  redis.call('XDEL', chat, id)
  redis.call('ZADD', deleted, text(where), string.sub(entry, 1, bodyAt - 1) .. DELETED .. string.sub(entry, bodyAt + 1, bodyAt + BODY - 1))
  sizes[chat] = sizes[chat] - (#entry - bodyAt + 1 - BODY)
  if memberLength > 0 then sizes[chat] = sizes[chat] - (memberLength - 17 + 2) end
  touched[chat] = true
end

for i = 0, count - 1 do
  local first = firstEvent + 1 + i * 5
  local kind, stream, id, packed, body = ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3], ARGV[first + 4]
  offset = offset + 1
  local where = text(offset)
  local holder = node
  if id ~= '' and kind ~= JOINED then
    local there = member(id)
    if kind == RENAMED then
      packed = string.sub(there.packed, 1, 17) .. string.sub(packed, 18)
      holder = string.match(there.entry, '^%S+ %S+ %S+ (%S+)')
    elseif kind == AWAY then
      packed = string.sub(there.packed, 1, 16) .. '\1' .. string.sub(there.packed, 18)
    elseif kind == RETURNED then
      packed = string.sub(there.packed, 1, 12) .. string.sub(packed, 13, 16) .. '\0' .. string.sub(there.packed, 18)
    else
      packed = there.packed
    end
  end

  local head = struct.pack('<I8I8I2', offset, time, #packed)
  local before = check
  check = string.sub(redis.sha1hex(key .. before .. head .. packed .. body), 1, 16)
  local entry = head .. before .. check .. packed .. body
  local log = stream == CHAT and chat or others
  redis.call('XADD', log, text(offset + 1) .. '-0', 'e', entry)
  local size = #body - BODY
  if stream == CHAT and packed ~= '' then size = size + #packed - 17 + 2 end
  if oldest[log] == 0 then oldest[log] = time end
  sizes[log] = sizes[log] + size
  touched[log] = true
  set('s' .. stream, where .. ' ' .. check)
  published[#published + 1] = struct.pack('<I4', #entry)
  published[#published + 1] = entry

  if stream == PRESENCE then
    local session = hex(string.sub(packed, 5, 12))
    if kind == LEFT then
      redis.call('HDEL', members, id, 's:' .. session)
      if redis.call('ZRANGEBYLEX', requests, '[' .. session, '(' .. session .. '~', 'LIMIT', 0, 1)[1] then rememberOther(session) end
    else
      redis.call('HSET', members, id, table.concat({where, check, text(time), holder, packed}, ' '), 's:' .. session, id)
    end
    if readsPresence and not finished then wake = text(time) end
  end
  if kind == DELETION then erase(target[1], target[2][2]) end
  if kind == OPENED then set('d', ARGV[22]) end
  if kind == RULES then
    local version, presence = struct.unpack('<i4i4', body, 8)
    readsPresence = presence ~= 0
    set('p', readsPresence and '1' or '0')
    wake = text(time)
    if not rules then
      rules, basis = entry, text(offset) .. ' ' .. check
      set('R', rules)
      set('d', ARGV[22])
      set('P', basis)
      set('V', text(version))
    end
  end
end

if ARGV[17] ~= '' and rules then
  wake, finished = ARGV[18], ARGV[19] == '1'
  set('F', ARGV[19])
  if ARGV[17] == 's' then
    basis = text(offset) .. ' ' .. check
    set('P', basis)
    set('V', ARGV[20])
    set('S', ARGV[21])
  end
end

-- Drops the oldest entries beyond the limits, except events that are needed to compute the state of the rules.
local function trim(log, firstField, sizeField, timeField, keptFrom)
  local period = tonumber(ARGV[16])
  local isOld = function(when) return period > 0 and when > 0 and when < time - period end
  if not touched[log] and not isOld(oldest[log]) then return end
  local most, mostBytes = tonumber(ARGV[12]), tonumber(ARGV[14])
  local length = redis.call('XLEN', log)
  if length > tonumber(ARGV[13]) or sizes[log] > tonumber(ARGV[15]) or isOld(oldest[log]) then
    local last, isDone = nil, false
    local dropped = 0
    while length > 0 and not isDone and dropped < MOST_DROPPED do
      local from = last and text(last + 2) .. '-0' or '-'
      local page = redis.call('XRANGE', log, from, '+', 'COUNT', length - most > 1 and 64 or 2)
      if #page == 0 then break end
      for _, found in ipairs(page) do
        local entry = found[2][2]
        local where, when, memberLength = struct.unpack('<I8I8I2', entry)
        if where >= keptFrom or length <= most and sizes[log] <= mostBytes and not isOld(when) then
          oldest[log] = when
          isDone = true
          break
        end
        local size = #entry - 50 - memberLength - BODY
        if log == chat and memberLength > 0 then size = size + memberLength - 17 + 2 end
        sizes[log] = sizes[log] - size
        length, last, dropped = length - 1, where, dropped + 1
      end
    end
    if last then
      redis.call('XTRIM', log, 'MINID', '=', text(last + 2) .. '-0')
      set(firstField, text(last + 1))
      if length == 0 then oldest[log] = 0 end
    end
  end
  set(sizeField, text(sizes[log]))
  set(timeField, text(oldest[log]))
end

if count > 0 then
  local keptFrom = math.huge
  if rules and not finished then keptFrom = tonumber(string.match(basis, '^%S+')) + 1 end
  trim(chat, 'fc', 'bc', 'tc', math.huge)
  trim(others, 'fo', 'bo', 'to', keptFrom)
  -- Reads never begin before an event that either log has dropped, so earlier deleted entries are not needed.
  if changes.fc or changes.fo then
    redis.call('ZREMRANGEBYSCORE', deleted, '-inf', '(' .. text(math.max(tonumber(changes.fc or state[6]), tonumber(changes.fo or state[9]))))
  end
  set('o', text(offset))
  set('c', check)
  set('t', text(time))
end

if wake == '' then
  redis.call('HDEL', room, 'w')
  redis.call('ZREM', wakes, name)
elseif wake then
  set('w', wake)
  redis.call('ZADD', wakes, wake, name)
end
local fields = {}
for field, value in pairs(changes) do
  fields[#fields + 1] = field
  fields[#fields + 1] = value
end
if #fields > 0 then redis.call('HSET', room, unpack(fields)) end

if author ~= '' then
  redis.call('ZADD', requests, 0, table.concat({author .. number, digest, text(offset), check, text(time)}, ' '))
  if not isKnownAuthor then
    if redis.call('HEXISTS', members, 's:' .. author) == 0 then rememberOther(author) end
  elseif redis.call('ZLEXCOUNT', requests, '[' .. author, '(' .. author .. '~') > REMEMBERED then
    redis.call('ZREM', requests, redis.call('ZRANGEBYLEX', requests, '[' .. author, '(' .. author .. '~', 'LIMIT', 0, 1)[1])
  end
end

if count > 0 then
  local message = table.concat(published)
  for _, listener in ipairs(redis.call('SMEMBERS', nodes)) do redis.call('SPUBLISH', channel .. listener, message) end
end
return accept(text(offset), check, count > 0 and text(time) or '0', '0')
