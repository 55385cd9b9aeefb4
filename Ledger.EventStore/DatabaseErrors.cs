using Npgsql;

namespace Ledger.EventStore;

/// <summary>What an error of the driver means, by its SQLSTATE class.</summary>
public static class DatabaseErrors
{
    /// <summary>
    /// True where the database is away, shutting down or out of resources (classes 08, 53, 57, 58, or no answer at all):
    /// trying again later may help. Anything else it answers is a defect of ours.
    /// </summary>
    public static bool IsAway(NpgsqlException e) => e is not PostgresException answer
        || answer.SqlState[..2] is "08" or "53" or "57" or "58";
}
