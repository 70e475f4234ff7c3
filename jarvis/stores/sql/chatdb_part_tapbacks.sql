-- The tapbacks and stickers put on a message as a JSON array of arrays, null where there are
-- none. An exact list of the spellings of their target lets its index be used; those of
-- further parts and of balloons are looked for only where there may be such.
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
     UNION ALL SELECT 'p:0/' || message.guid
     UNION ALL SELECT form.value || message.guid
     FROM json_each('["bp:","p:1/","p:2/","p:3/","p:4/","p:5/","p:6/","p:7/","p:8/","p:9/"]')
       AS form
     WHERE message.part_count <> 1 OR message.part_count IS NULL
       OR message.cache_has_attachments <> 0 OR message.balloon_bundle_id IS NOT NULL)
   AND tapback.associated_message_type BETWEEN 1000 AND 3999
 HAVING count(*) > 0)
