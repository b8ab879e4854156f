#!lua flags=allow-oom
-- Begins the log anew, or says why not; everything is checked before the first write.
--
-- KEYS  log, head, own, nodes
-- ARGV  reign, greatest reign there can be, the reign it comes instead of (empty: there is no log), frame, link, run,
--       format, how long a lease lasts; then for each partition that has entries: name, next number
local log, head, own, nodes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local reign, greatest, instead, frame, link, run, format, lasts = unpack(ARGV, 1, 8)

local there = redis.call('HGET', head, 'reign') or ''
local grows = there == '' or tonumber(there) < tonumber(reign)
if there ~= instead or not grows or tonumber(reign) > tonumber(greatest) then
    return { 'REIGN', there }
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local working = { 'ATWORK' }
local listed = redis.call('HGETALL', nodes)
for n = 1, #listed, 2 do
    -- One seen long after now was seen before the clock was set back.
    local seen = tonumber(string.match(listed[n + 1], '^%d+'))
    if math.abs(now - seen) <= tonumber(lasts) then working[#working + 1] = listed[n] end
end
if #working > 1 then return working end

local numbers = {}
for n = 9, #ARGV, 2 do
    numbers[#numbers + 1] = ARGV[n] .. '.lsn'
    numbers[#numbers + 1] = ARGV[n + 1]
end
redis.call('DEL', log, own, nodes)
redis.call(
    'HSET', head,
    'reign', reign, 'frame', frame, 'link', link, 'run', run, 'format', format,
    'base', frame
)
if #numbers > 0 then redis.call('HSET', own, unpack(numbers)) end
return { 'BEGUN' }
