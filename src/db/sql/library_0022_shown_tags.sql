-- Tags count the items that are shown: one that was deleted is counted again when it is brought back.
DROP TRIGGER item_tags_more;
DROP TRIGGER item_tags_less;
CREATE TRIGGER item_tags_more AFTER INSERT ON item_tags
WHEN NOT EXISTS (SELECT 1 FROM items WHERE id = NEW.item_id AND deleted_at IS NOT NULL) BEGIN
  UPDATE tags SET items = items + 1 WHERE id = NEW.tag_id;
END;
CREATE TRIGGER item_tags_less AFTER DELETE ON item_tags
WHEN NOT EXISTS (SELECT 1 FROM items WHERE id = OLD.item_id AND deleted_at IS NOT NULL) BEGIN
  UPDATE tags SET items = items - 1 WHERE id = OLD.tag_id;
END;
CREATE TRIGGER items_tags_hidden AFTER UPDATE OF deleted_at ON items
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  UPDATE tags SET items = items - 1 WHERE id IN (SELECT tag_id FROM item_tags WHERE item_id = NEW.id);
END;
CREATE TRIGGER items_tags_shown AFTER UPDATE OF deleted_at ON items
WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL BEGIN
  UPDATE tags SET items = items + 1 WHERE id IN (SELECT tag_id FROM item_tags WHERE item_id = NEW.id);
END;
UPDATE tags SET items = items - (SELECT count(*) FROM item_tags JOIN items ON items.id = item_id
    WHERE tag_id = tags.id AND deleted_at IS NOT NULL)
  WHERE id IN (SELECT tag_id FROM item_tags JOIN items ON items.id = item_id
    WHERE deleted_at IS NOT NULL);
