#!lua flags=allow-oom
-- Heeds what a node says of itself or does to the list of nodes, then tells all that stands beside the frames.
--
-- KEYS  log, head, own, nodes
-- ARGV  look | say, name, what it says, run of the server | strike, name | trim, first frame to keep
local log, head, own, nodes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local time = redis.call('TIME')
local now = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
local begun = redis.call('EXISTS', head) == 1

local heed = {}

function heed.look() end

function heed.say(name, said, run)
    redis.call('HSET', nodes, name, now .. ' ' .. said)
    if begun then redis.call('HSET', head, 'run', run) end
end

function heed.strike(name) redis.call('HDEL', nodes, name) end

function heed.trim(first) redis.call('XTRIM', log, 'MINID', first .. '-0') end

heed[ARGV[1]](unpack(ARGV, 2))

local oldest = redis.call('XRANGE', log, '-', '+', 'COUNT', '1')
return {
    now,
    begun and redis.call('HMGET', head, 'reign', 'frame', 'link', 'run', 'format', 'base') or {},
    oldest[1] and oldest[1][1] or '',
    redis.call('HGETALL', own),
    redis.call('HGETALL', nodes),
}
