-- What somebody typed, as far as the columns tell: no events, no files alone, and nothing that
-- an app has painted. Whether it holds words is known when its body is read.
({chatdb_part_listed}
 AND (message.attributedBody IS NOT NULL OR message.text <> char(65532)
      OR message.message_summary_info IS NOT NULL)
 AND coalesce(message.balloon_bundle_id, '') NOT LIKE
   'com.apple.messages.MSMessageExtensionBalloonPlugin:%'
 AND coalesce(message.balloon_bundle_id, '') NOT IN (
   'com.apple.Handwriting.HandwritingProvider', 'com.apple.DigitalTouchBalloonProvider'))
