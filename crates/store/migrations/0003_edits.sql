-- What a person changed in a document is more than turning it: the whole change, as JSON, in place of the turns.
ALTER TABLE documents ADD COLUMN edit TEXT NOT NULL DEFAULT '{"pages":[]}';
UPDATE documents SET edit = (
    WITH RECURSIVE page(number) AS (
        SELECT 0 UNION ALL SELECT number + 1 FROM page WHERE number + 1 < documents.pages
    )
    SELECT json_object('pages', json_group_array(json_object('page', number, 'quarterTurns', documents.quarter_turns)))
    FROM page
) WHERE quarter_turns <> 0;
ALTER TABLE documents DROP COLUMN quarter_turns;
