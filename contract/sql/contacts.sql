-- Everybody of one AddressBook store, a row for each number and each e-mail address. Groups and
-- containers lie in the same table; the entities that are people are looked up by name.
WITH person AS (
  SELECT Z_ENT FROM Z_PRIMARYKEY
  WHERE Z_NAME = 'ABCDContact'
    OR Z_SUPER = (SELECT Z_ENT FROM Z_PRIMARYKEY WHERE Z_NAME = 'ABCDContact')
)
SELECT
  record.Z_PK,
  record.ZUNIQUEID,
  record.ZLINKID, -- the same for cards of one person in several stores
  record.ZFIRSTNAME,
  record.ZLASTNAME,
  record.ZNICKNAME,
  record.ZORGANIZATION,
  coalesce(record.ZDISPLAYFLAGS, 0) & 7 = 1 AS is_company,
  CAST(coalesce(record.ZMODIFICATIONDATE, 0) AS REAL) AS modified, -- seconds since 2001
  address.is_email,
  address.written,
  coalesce(record.ZDISPLAYFLAGS, 0) & 56 AS name_order, -- 16: family first, 32: given first
  record.ZCONTAINERWHERECONTACTISME IS NOT NULL AS is_own -- the user's own card
FROM ZABCDRECORD AS record
JOIN (
  SELECT ZOWNER AS owner, 0 AS is_email, ZFULLNUMBER AS written FROM ZABCDPHONENUMBER
  UNION ALL
  SELECT ZOWNER, 1, ZADDRESS FROM ZABCDEMAILADDRESS
) AS address ON address.owner = record.Z_PK
WHERE address.written IS NOT NULL
  AND (record.Z_ENT IN (SELECT Z_ENT FROM person) OR NOT EXISTS (SELECT 1 FROM person))
