# The service as it is published: no SDK, not root, nothing written but in the data directory and /tmp.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish Ledger.Api --configuration Release --output /app --nologo

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
# A volume that is made of it belongs to the service's user, too.
RUN install --directory --owner=$APP_UID --group=$APP_UID --mode=0700 /var/lib/ledger
ENV LEDGER_DATA=/var/lib/ledger
VOLUME /var/lib/ledger
USER $APP_UID
WORKDIR /app
EXPOSE 5080
ENTRYPOINT ["dotnet", "Ledger.Api.dll"]
CMD ["serve", "--urls", "http://0.0.0.0:5080"]
