-- What somebody typed, as far as the columns tell: no events, no files alone, no memos, no
-- apps but previews of links. Whether it holds words is known when its body is read.
({chatdb_part_listed}
 AND (message.attributedBody IS NOT NULL OR message.text <> char(65532)
      OR message.date_edited <> 0)
 AND coalesce(message.is_audio_message, 0) = 0
 AND coalesce(message.balloon_bundle_id, 'com.apple.messages.URLBalloonProvider')
   = 'com.apple.messages.URLBalloonProvider')
