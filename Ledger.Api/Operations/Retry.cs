using JasperFx;
using JasperFx.Events;

namespace Ledger.Api.Operations;

/// <summary>A decision that met another one: it is decided anew on the state that the other left.</summary>
internal static class Retry
{
    private const int MostAttempts = 10;

    /// <summary>Runs the work again where the stream that it decided on has moved.</summary>
    public static async Task<T> OnConflictAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (attempt < MostAttempts && HasMoved(e))
            {
            }
        }
    }

    private static bool HasMoved(Exception e) =>
        e is EventStreamUnexpectedMaxEventIdException or Marten.Exceptions.ExistingStreamIdCollisionException or ConcurrencyException;
}
