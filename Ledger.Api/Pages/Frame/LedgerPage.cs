using Ledger.Api.Pages.Language;
using Microsoft.AspNetCore.Components;

namespace Ledger.Api.Pages.Frame;

/// <summary>A page: it finds its moment first, then reads what it shows. Nothing of it is sent before it is whole.</summary>
public abstract class LedgerPage : ComponentBase
{
    /// <summary>Where it stands.</summary>
    [Inject]
    public Here Here { get; set; } = null!;

    /// <summary>Leads elsewhere.</summary>
    [Inject]
    public NavigationManager Navigation { get; set; } = null!;

    /// <summary>Its language.</summary>
    protected Tongue T => Here.Words;

    /// <inheritdoc/>
    public sealed override async Task SetParametersAsync(ParameterView parameters)
    {
        // A component that is initialised by waiting is rendered once before: it would hand on what it has not read yet.
        parameters.SetParameterProperties(this);
        if (Here.HasEmptyQuery)
        {
            // A form without script sends what nobody filled in: an address says only what somebody chose.
            Navigation.NavigateTo(Here.With());
            return;
        }

        await Here.FindMomentAsync();
        await ReadAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Reads what it shows.</summary>
    protected abstract Task ReadAsync();
}
