using Weasel.Core;
using Weasel.Postgresql.Tables;

namespace Ledger.Projections.Store;

/// <summary>
/// The tables beside Marten's: the tiles of the tree over the log, and personal values, which are apart from the log. Schema
/// objects of the same store, so that one command makes and checks them all.
/// </summary>
public static class LedgerTables
{
    /// <summary>The tiles: at each level 256 hashes a row, the last row of a level growing until it is full.</summary>
    public const string Tiles = $"{LedgerStore.Schema}.tiles";

    /// <summary>The sealed personal values by contract, event and field.</summary>
    public const string PersonalFields = "personal.fields";

    /// <summary>
    /// One row: the highest number that a person was ever given. No number is given twice, whatever becomes of the key file.
    /// </summary>
    public const string PersonalNumbers = "personal.numbers";

    /// <summary>The objects, in the order in which they are made.</summary>
    internal static IEnumerable<ISchemaObject> Objects()
    {
        var tiles = new Table(Tiles);
        tiles.AddColumn("level", "integer").AsPrimaryKey();
        tiles.AddColumn("index", "bigint").AsPrimaryKey();
        tiles.AddColumn("hashes", "bytea").NotNull();
        yield return tiles;
        yield return new TriggerFunction(
            "grow_tile",
            """
            if new.level = old.level and new.index = old.index and substring(new.hashes from 1 for length(old.hashes)) = old.hashes then
                return new;
            end if;
            raise exception 'tile %/% only grows: another change is refused', old.level, old.index using errcode = 'insufficient_privilege';
            """
        );
        yield return new TableTrigger(Tiles, "only_grow", "before update", "for each row", "grow_tile");
        yield return new TableTrigger(Tiles, "refuse_delete", "before delete", "for each row", "refuse_change");
        yield return new TableTrigger(Tiles, "refuse_truncate", "before truncate", "for each statement", "refuse_change");

        var fields = new Table(PersonalFields);
        fields.AddColumn("contract", "text").AsPrimaryKey();
        fields.AddColumn("event_id", "text").AsPrimaryKey();
        fields.AddColumn("field", "text").AsPrimaryKey();
        fields.AddColumn("person", "bigint").NotNull().AddIndex();

        // Nonce, ciphertext of salt and value, tag (AES-256-GCM; the commitment is authenticated with it).
        fields.AddColumn("sealed", "bytea").NotNull();
        yield return fields;

        var numbers = new Table(PersonalNumbers);
        numbers.AddColumn("singleton", "boolean").AsPrimaryKey();
        numbers.AddColumn("last", "bigint").NotNull();
        yield return numbers;
    }
}
