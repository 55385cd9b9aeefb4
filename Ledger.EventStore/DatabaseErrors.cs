using Npgsql;

namespace Ledger.EventStore;

/// <summary>What an error of the driver means, by its SQLSTATE class.</summary>
public static class DatabaseErrors
{
    /// <summary>
    /// True where the database is away, shutting down or out of resources (classes 08, 53, 57, 58, no answer at all, or a
    /// connection on which the driver itself gave up): trying again later may help. Anything else it answers is a defect of
    /// ours.
    /// </summary>
    public static bool IsAway(Exception e) => e switch
    {
        PostgresException answer => answer.SqlState[..2] is "08" or "53" or "57" or "58",
        NpgsqlException => true,
        InvalidOperationException or IOException => e.Source == "Npgsql",
        _ => false,
    };
}
