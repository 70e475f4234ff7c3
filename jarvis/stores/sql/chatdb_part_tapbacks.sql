-- The tapbacks and stickers put on a message as a JSON array of arrays, null where there are
-- none. An exact list of the spellings of their target lets its index be used. A message of
-- one plain part has three; of others the part may be any of those that stand anywhere in
-- the file, found in a step each: after "p:1/…" comes what is not below "p:10" ("0" follows
-- "/").
(SELECT json_group_array(json_array(
   CAST(tapback.date AS INTEGER),
   tapback.ROWID,
   CAST(tapback.associated_message_type AS INTEGER),
   CAST(tapback.associated_message_guid AS TEXT),
   CAST(tapback.is_from_me AS INTEGER),
   CAST(reactor.id AS TEXT),
   CAST(tapback.associated_message_emoji AS TEXT)))
 FROM message AS tapback
 LEFT JOIN handle AS reactor ON reactor.ROWID = tapback.handle_id
 WHERE tapback.associated_message_guid IN (
     SELECT message.guid
     UNION ALL SELECT 'bp:' || message.guid
     UNION ALL SELECT 'p:0/' || message.guid
     UNION ALL SELECT part.spelling || message.guid
     FROM (
       WITH RECURSIVE target(guid) AS (
         SELECT min(associated_message_guid) FROM message
         WHERE associated_message_guid >= 'p:' AND associated_message_guid < 'p;'
         UNION ALL
         SELECT (SELECT min(associated_message_guid) FROM message
                 WHERE associated_message_guid >=
                   substr(target.guid, 1, instr(target.guid || '/', '/') - 1) || '0'
                   AND associated_message_guid < 'p;')
         FROM target WHERE target.guid IS NOT NULL)
       SELECT substr(guid, 1, instr(guid, '/')) AS spelling
       FROM target WHERE guid LIKE 'p:_%/%' AND guid NOT LIKE 'p:0/%') AS part
     WHERE message.part_count <> 1 OR message.part_count IS NULL
       OR message.cache_has_attachments <> 0 OR message.balloon_bundle_id IS NOT NULL)
   AND tapback.associated_message_type BETWEEN 1000 AND 3999
 HAVING count(*) > 0)
