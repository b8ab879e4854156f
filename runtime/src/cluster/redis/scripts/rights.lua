#!lua flags=allow-oom,no-writes
-- Names the commands of the other scripts, and of readers, that the user may not give on these keys: a script that is
-- stopped in its midst has done half of its work.
--
-- KEYS  log, head, own, nodes
local log, head, own, nodes = unpack(KEYS)
-- Of any node: they lie under the same name.
local letters = string.gsub(log, 'log$', 'to:node')
local given = {
    { 'TIME' },
    { 'EXISTS', head },
    { 'HGET', head, 'reign' },
    { 'HMGET', head, 'reign' },
    { 'HMGET', own, 'reign' },
    { 'HGETALL', own },
    { 'HGETALL', nodes },
    { 'HSET', head, 'reign', '1' },
    { 'HSET', own, 'reign', '1' },
    { 'HSET', nodes, 'name', '1' },
    { 'HDEL', nodes, 'name' },
    { 'DEL', log, own, nodes },
    { 'XADD', log, '1-0', 'body', '1' },
    { 'XRANGE', log, '-', '+', 'COUNT', '1' },
    { 'XREAD', 'COUNT', '1', 'STREAMS', log, '0-0' },
    { 'XTRIM', log, 'MINID', '1-0' },
    { 'PUBLISH', letters, 'a letter' },
    { 'SUBSCRIBE', letters },
}
local lacking, named = {}, {}
for _, command in ipairs(given) do
    local name = string.lower(command[1])
    if not named[name] and not redis.acl_check_cmd(unpack(command)) then
        named[name] = true
        lacking[#lacking + 1] = name
    end
end
return lacking
